"""{{ "网站：页面、JSON 接口与 WebSocket。" if cookiecutter.language == "zh" else "The website: pages, JSON routes and a websocket." }}"""

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, WebSocket
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel
from starlette.exceptions import HTTPException  # {{ "FastAPI 自己的异常是它的子类；未知路径的 404 则不是" if cookiecutter.language == "zh" else "FastAPI's own is one of these; a 404 for an unknown path is not" }}

from env import env

HERE = Path(__file__).parent
DEVELOPMENT = env.LEANCLOUD_APP_ENV == "development"
{% if cookiecutter.cloud_functions %}
# {{ "SDK 会等待数据存储：调用它的路由用 `def` 而不是 `async def`，FastAPI 会在线程里运行。" if cookiecutter.language == "zh" else "The SDK waits for the data store: a route that calls it is `def`, not `async def`, and FastAPI runs it in a thread." }}
{% endif %}
pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api", tags=["api"])
templates = Jinja2Templates(HERE / "templates")


class Status(BaseModel):
    """{{ "/api/status 的返回内容。" if cookiecutter.language == "zh" else "What /api/status answers." }}"""

    environment: str
    address: str


@pages.api_route("/", methods=["GET", "HEAD"], response_class=HTMLResponse)
async def index(request: Request) -> HTMLResponse:
    values = {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)}
    return templates.TemplateResponse(request, "index.html", values)


@api.get("/status", response_model=Status)
async def status(request: Request) -> Status:
    return Status(environment=env.LEANCLOUD_APP_ENV, address=client_address(request))


@pages.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    """{{ "把收到的文本原样发回。" if cookiecutter.language == "zh" else "Send every text back." }}"""
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


def client_address(request: Request) -> str:
{% if cookiecutter.language == "zh" %}
    """返回平台或其前面的 CDN 所见的访客地址。

    可用于日志或问候，不可用于安全判断：直接访问应用的人可以发送任意请求头。
    """
{% else %}
    """Return the visitor's address as the platform saw it, or as the CDN in front of it did.

    Good for a log or a greeting, not for security: whoever reaches the app directly can send any such header.
    """
{% endif %}
    forwarded = request.headers.get("X-Forwarded-For", "")
    host = request.client.host if request.client else ""
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or host


async def show_error(request: Request, error: Exception) -> HTMLResponse | JSONResponse:
    """{{ "响应错误（包括崩溃，即 500）：/api/ 下返回 JSON，其他地方返回页面。" if cookiecutter.language == "zh" else "Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere." }}"""
    shown = error if isinstance(error, HTTPException) else HTTPException(500)  # {{ "traceback 写入日志" if cookiecutter.language == "zh" else "the traceback goes to the log" }}
    name = HTTPStatus(shown.status_code).phrase
    values = {"code": shown.status_code, "name": name, "description": shown.detail}
    if request.url.path.startswith("/api/"):
        answer = {"error": name, "description": shown.detail}
        return JSONResponse(answer, shown.status_code, shown.headers)
    return templates.TemplateResponse(request, "error.html", {"error": values}, shown.status_code, shown.headers)


# {{ "/docs 可以试用各个接口。它从别处加载脚本，因此访客只能看到 /openapi.json。" if cookiecutter.language == "zh" else "/docs lets you try the routes. It loads scripts from elsewhere, so visitors get only the bare /openapi.json." }}
app = FastAPI(
    title={{ "'" ~ cookiecutter.title.replace('\\', '\\\\') ~ "'" if '"' in cookiecutter.title and "'" not in cookiecutter.title else '"' ~ cookiecutter.__title_string ~ '"' }},
    docs_url="/docs" if DEVELOPMENT else None,
    redoc_url=None,
    exception_handlers={HTTPException: show_error, Exception: show_error},
)
app.include_router(pages)
app.include_router(api)
app.mount("/static", StaticFiles(directory=HERE / "static"))
