"""Which pages may open a socket here."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Request, current_app

_DEFAULT_PORTS = {"http": 80, "https": 443}


def allowed(request: Request) -> bool:
    """Whether the page that asks was served by this site. A request without an Origin header was not.

    With CHATWEB_PUBLIC_URL set, that address is the site. Without it only this computer itself is served, so
    the request's own host counts, if it is a loopback one.
    """
    public_url = current_app.config["SETTINGS"].public_url
    if public_url is None:
        site = f"{request.scheme}://{request.host}" if _is_loopback(request.host) else None
    else:
        site = of(public_url)
    return site is not None and request.headers.get("Origin") == site


def of(url: str) -> str:
    """Scheme, host and port as a browser writes them: lower case, without the scheme's own port."""
    parts = urlsplit(url.lower())
    own_port = _DEFAULT_PORTS.get(parts.scheme)
    host = parts.netloc.removesuffix(f":{own_port}")
    return f"{parts.scheme}://{host}"


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
