from app.api import predict, refuse


def test_more_visits_last_year_give_a_higher_probability() -> None:
    low = predict(b'{"age": 40, "visits_last_year": 1}')
    high = predict(b'{"age": 40, "visits_last_year": 7}')
    assert low["probability"] < high["probability"]


def test_a_refusal_is_a_problem() -> None:
    assert refuse("age is missing")["status"] == 422
