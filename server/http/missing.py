"""What a browser sees where there is nothing: a sentence, and the way home."""

from aiohttp import hdrs, web

from server.http.static import content_policy

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not found · Kefu</title>
<main>
<h1>There is no such page</h1>
<p><a href="/">What this node serves</a></p>
</main>
</html>
"""
NO_PAGES = ("/api", "/widget")
"""Programs ask below the first; the second is shown inside the pages of shops."""


def wants_page(request: web.Request) -> bool:
    """Tell whether a person asked for a page."""
    if any(request.path == each or request.path.startswith(f"{each}/") for each in NO_PAGES):
        return False
    return "text/html" in request.headers.get(hdrs.ACCEPT, "").lower()


def missing_page(status: int) -> web.Response:
    """Return the page."""
    headers = {"Cache-Control": "no-store", "Vary": hdrs.ACCEPT}
    return web.Response(
        text=PAGE, status=status, content_type="text/html", headers=content_policy() | headers
    )
