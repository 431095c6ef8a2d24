"""The pages for people: `/` to ask, watch and decide, `/trace/{run_id}` to look closer."""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from app.office import Office
from app.page.render import STATIC, Pages
from app.run_routes import refused
from app.runs.history import checkpoints
from app.service.errors import UserError
from app.settings import Settings

# A run goes on, and a decided one must not be offered for decision again.
FRESH = {"Cache-Control": "no-store"}


def add_pages(app: FastAPI, office: Office, settings: Settings) -> None:
    """Adds the pages and the files they load.

    Args:
        app: Gets them.
        office: Knows the project and its runs.
        settings: What the pages say about this service.
    """
    pages = Pages(office.project, settings)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/", include_in_schema=False)
    async def desk(request: Request) -> HTMLResponse:
        return HTMLResponse(pages.desk(str(request.base_url)), headers=FRESH)

    @app.get("/trace/{run_id}", include_in_schema=False)
    async def trace(run_id: str) -> HTMLResponse:
        try:
            run, calls = await office.runner.look(run_id)
            steps = await checkpoints(office.runner.graph, run_id)
        except UserError as error:
            told = refused(error)
            return HTMLResponse(pages.gone(str(told.detail)), told.status_code, headers=FRESH)
        return HTMLResponse(pages.trace(run, calls, steps), headers=FRESH)
