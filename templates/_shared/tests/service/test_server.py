import asyncio
import socket

from starlette.types import Receive, Scope, Send

from app.service.backpressure import BackpressureMiddleware
from app.service.server import configured, listen


def test_no_piece_of_an_answer_waits_for_the_one_before() -> None:
    async def at_once() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = writer.get_extra_info("socket")
            found.set_result(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(look, sock=listen("127.0.0.1", 0)) as server:
            port = server.sockets[0].getsockname()[1]
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                return await asyncio.wait_for(found, 10)
            finally:
                writer.close()

    assert asyncio.run(at_once()) == 1


def test_who_is_refused_waits() -> None:
    async def app(_: Scope, __: Receive, ___: Send) -> None: ...

    assert isinstance(configured(app).app, BackpressureMiddleware)
