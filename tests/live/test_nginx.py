"""Debian's nginx in front of the server, with the very file that operators are given."""

import dataclasses
import datetime as dt
import http.client
import re
import shutil
import socket
import ssl
import urllib.request
from contextlib import closing
from ipaddress import ip_address
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from chatweb.models import SignIn
from tests.live import client
from tests.people import csrf_in
from tests.senders import Senders
from tests.servers import CHECKOUT, free_port, missing, start, wait_until
from tests.web.reading import bodies
from tests.web.talking import new_key

NAME = "chat.example.org"
PUBLIC = f"https://{NAME}"
CLIENT = "127.0.0.5"
TOKEN = "m" * 32
MAIN = """
daemon off; master_process off; pid {folder}/pid; error_log stderr warn;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/chatweb.conf;
}}
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The folder of `key.pem` and `cert.pem`, which the name and the address of this machine stand in."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    subject, now = x509.Name([]), dt.datetime.now(dt.UTC)
    names = [x509.DNSName(NAME), x509.IPAddress(ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*private))
    return folder


@pytest.fixture(params=[1])
def settings(settings, request):
    return dataclasses.replace(
        settings, public_url=PUBLIC, trusted_proxies=request.param, metrics_token=TOKEN
    )


class Nginx:
    """nginx with `deploy/nginx.conf`, on ports of its own."""

    def __init__(self, program, folder, certificate, servers):
        self.port, self.plain_port = free_port(), free_port()
        text = (CHECKOUT / "deploy" / "nginx.conf").read_text()
        for here, there in {
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "server 127.0.0.1:8000 fail_timeout=1s;": " ".join(
                f"server 127.0.0.1:{one.port} fail_timeout=1s;" for one in servers
            ),
            f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(certificate / "cert.pem"),
            f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(certificate / "key.pem"),
            "/var/cache/nginx/chatweb": str(folder / "cache"),
        }.items():
            assert text.count(here) == 1, here
            text = text.replace(here, there)
        (folder / "chatweb.conf").write_text(text)
        (folder / "main.conf").write_text(MAIN.format(folder=folder))
        self.log = folder / "log"
        command = [program, "-p", str(folder), "-e", "stderr", "-c", str(folder / "main.conf")]
        self.process = start(command, self.log)
        wait_until(self._listens, 10, f"nginx: {self.log}")

    def _listens(self):
        assert self.process.poll() is None, self.log.read_text()
        with closing(socket.socket()) as connection:
            return connection.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def servers(server):
    """Those that nginx leads to."""
    return [server]


@pytest.fixture
def nginx(servers, certificate, tmp_path):
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/bin")
    folder = tmp_path / "nginx"
    folder.mkdir()
    if program is None:
        missing("nginx", "'apt install nginx-light'")
    nginx = Nginx(program, folder, certificate, servers)
    yield nginx
    nginx.process.terminate()
    nginx.process.wait(10)
    assert not re.search(r"\[(emerg|alert|crit)\]", nginx.log.read_text()), nginx.log.read_text()


class Browser:
    """A browser on another machine of this network, at the public address."""

    def __init__(self, nginx, certificate):
        self._port = nginx.port
        self.tls = ssl.create_default_context(cafile=certificate / "cert.pem")
        self.cookies = {}
        self.set_cookies = []

    def ask(self, method, path, form=None, **headers):
        """The answer, read, with its text in `text`."""
        sent = self.headers() | {name.replace("_", "-"): value for name, value in headers.items()}
        if form:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self._port, timeout=10, context=self.tls, source_address=(CLIENT, 0)
        )
        with closing(connection):
            connection.request(method, path, urlencode(form or {}), sent)
            answer = connection.getresponse()
            answer.text = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.set_cookies.append(line)
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def sign_in(self, person, **headers):
        form = {"identity": person.username, "password": person.password}
        form["csrf_token"] = csrf_in(self.ask("GET", "/login", **headers).text)
        assert self.ask("POST", "/login", form, **headers).status == 303

    def listen(self, path, origin=PUBLIC):
        headers = {"Host": NAME, "Origin": origin, "Cookie": self.headers()["Cookie"]}
        return client.connect(self._port, path, headers, tls=self.tls)

    def raw(self, text):
        """The status with which these bytes are answered."""
        with (
            socket.create_connection(("127.0.0.1", self._port), timeout=10) as plain,
            self.tls.wrap_socket(plain, server_hostname=NAME) as connection,
        ):
            connection.sendall(text.encode())
            return int(connection.recv(100).split()[1])

    def headers(self):
        """What goes with every request."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Host": NAME, "Referer": f"{PUBLIC}/", "Cookie": cookie}


@pytest.fixture
def browser(nginx, certificate):
    return Browser(nginx, certificate)


def test_people_sign_in_send_and_hear(browser, alice, chat):
    browser.sign_in(alice)
    for line in browser.set_cookies:
        name, *attributes = line.split("; ")
        assert name.startswith("__Host-chatweb")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)
    path = f"/chats/{chat.topic}"
    token = csrf_in(browser.ask("GET", path).text)
    with browser.listen(f"/ws/topics/{chat.topic}?after=0") as line:
        assert line.receive_text().endswith('<data class="upto" value="0"></data>')
        form = {"body": "through nginx", "key": new_key(), "csrf_token": token}
        answer = browser.ask("POST", f"{path}/messages", form, HX_Request="true")
        assert (answer.status, line.receive_text()) == (200, answer.text)
    page = browser.ask("GET", path)
    assert bodies(page.text) == ["through nginx"]
    assert (page.headers["Cache-Control"], page.headers["Content-Encoding"]) == ("no-store", None)
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_pages_of_other_sites_open_no_socket(browser, alice):
    browser.sign_in(alice)
    for origin in (f"http://{NAME}", f"{PUBLIC}:444", f"{PUBLIC}.evil.example", "https://127.0.0.1", "null"):
        with pytest.raises(client.Refused) as refused:
            browser.listen("/ws/inbox", origin)
        assert (origin, refused.value.status) == (origin, 403)


@pytest.mark.parametrize(("settings", "address"), [(1, CLIENT), (0, "127.0.0.1")], indirect=["settings"])
def test_what_a_browser_claims_about_its_way_is_not_believed(browser, alice, address, db_session):
    claims = {
        "X_Forwarded_For": "203.0.113.7",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Port": "1",
        "X_Real_IP": "203.0.113.7",
        "Forwarded": "for=203.0.113.7;host=evil.example;proto=http",
    }
    page = browser.ask("GET", "/login", **claims)
    assert (page.status, "evil" in page.text) == (200, False)
    assert "Strict-Transport-Security" in page.headers
    browser.sign_in(alice, **claims)
    assert db_session.scalar(select(SignIn.address)) == address


def test_requests_that_could_be_read_in_two_ways_are_refused(browser):
    post = f"POST /login HTTP/1.1\r\nHost: {NAME}\r\n"
    for head in (
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    ):
        assert browser.raw(post + head) in (400, 501), head
    assert browser.raw("GET /login HTTP/1.1\r\nHost: evil.example\r\n\r\n") == 400
    assert browser.raw(post + "Content-Length: 262145\r\n\r\n") == 413
    assert browser.raw(f"GET /login HTTP/1.1\r\nHost: {NAME}\r\n\r\n") == 200


def test_files_are_kept_and_packed_and_pages_are_not(browser, server):
    style = re.search(r'href="(/static/[^"]+\.css)"', browser.ask("GET", "/login").text)[1]
    first = browser.ask("GET", style)
    server.stop()
    again = browser.ask("GET", style)
    assert (first.status, again.status, first.text) == (200, 200, again.text)
    packed = browser.ask("GET", style, Accept_Encoding="gzip")
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert browser.ask("GET", "/login").status == 502


def test_plain_http_leads_to_the_public_address_and_nowhere_else(nginx):
    for host in (NAME, "evil.example"):
        with closing(http.client.HTTPConnection("127.0.0.1", nginx.plain_port, timeout=5)) as connection:
            connection.request("GET", "/chats?q=tea", headers={"Host": host})
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Location"]) == (301, f"{PUBLIC}/chats?q=tea")


class TestTwo:
    """Two that meet in Redis."""

    @pytest.fixture
    def settings(self, settings, redis):
        return dataclasses.replace(settings, redis_url=redis.url)

    @pytest.fixture
    def servers(self, hosts):
        return hosts

    def test_pages_hear_everything_whichever_they_were_led_to(self, servers, browser, alice, chat):
        browser.sign_in(alice)
        token = csrf_in(browser.ask("GET", f"/chats/{chat.topic}").text)
        path = f"/ws/topics/{chat.topic}?after=0"
        with browser.listen(path) as one, browser.listen(path) as other:
            assert [sockets(server) for server in servers] == [1, 1]
            for line in (one, other):
                line.receive_text()
            for text in ("first", "second"):
                form = {"body": text, "key": new_key(), "csrf_token": token}
                said = browser.ask("POST", f"/chats/{chat.topic}/messages", form, HX_Request="true")
                assert [one.receive_text(), other.receive_text()] == [said.text] * 2

    def test_who_restarts_one_after_the_other_fails_no_request(self, servers, nginx, browser, alice, chat):
        browser.sign_in(alice)
        sent = {"X-CSRFToken": csrf_in(browser.ask("GET", f"/chats/{chat.topic}").text), "HX-Request": "true"}
        url, tls = f"https://127.0.0.1:{nginx.port}", browser.tls
        with Senders(url, [browser.headers() | sent], chat.topic, threads=4, tls=tls) as senders:
            for one in servers:
                wait_until(lambda: all(written(each) > 20 for each in servers), 30, "both to be at work")
                one.restart()
        assert senders.refused == []


def written(server):
    """How many writes a server has done since it started."""
    return metric(server, "chatweb_database_write_seconds_count")


def sockets(server):
    """How many are open there."""
    return metric(server, "chatweb_sockets")


def metric(server, name):
    request = urllib.request.Request(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return float(re.search(rf"^{name} (\S+)", answer.read().decode(), re.MULTILINE)[1])
