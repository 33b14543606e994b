"""A chat as the tutorial of Django Channels leads to it: consumers, groups, sessions, the ORM on SQLite."""

import os
from html import escape

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="for measurements only",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["PEER_DATABASE"],
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
                "transaction_mode": "IMMEDIATE",
            },
        }
    },
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [os.environ["PEER_REDIS"]]},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

# What follows needs the settings.
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.contrib.auth import login  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Message(models.Model):
    """What was said in a chat."""

    chat = models.BigIntegerField(db_index=True)
    sender = models.ForeignKey(User, models.CASCADE)
    key = models.CharField(max_length=36, unique=True)
    body = models.TextField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "peer"

    def __str__(self):
        return self.key


call_command("migrate", verbosity=0)
if Message._meta.db_table not in connection.introspection.table_names():
    with connection.schema_editor() as editor:
        editor.create_model(Message)


def sign_in(request, name):
    user, _ = User.objects.get_or_create(username=name)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse(name)


urlpatterns = [path("in/<name>", sign_in), path("", lambda _request: HttpResponse("here"))]


class Chat(AsyncJsonWebsocketConsumer):
    """One open page of a chat."""

    async def connect(self):
        self.user = self.scope["user"]
        if self.user.is_anonymous:
            await self.close()
            return
        self.chat = self.scope["url_route"]["kwargs"]["chat"]
        self.group = f"chat.{self.chat}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, _code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content):
        await self._store(content["key"], content["body"])
        html = f'<p id="{escape(content["key"])}">{escape(self.user.username)}: {escape(content["body"])}</p>'
        await self.channel_layer.group_send(self.group, {"type": "chat.message", "html": html})
        await self.send_json({"stored": content["key"]})

    async def chat_message(self, event):
        await self.send_json({"html": event["html"]})

    @database_sync_to_async
    def _store(self, key, body):
        Message.objects.create(chat=self.chat, sender=self.user, key=key, body=body)


application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": AuthMiddlewareStack(URLRouter([path("chats/<int:chat>", Chat.as_asgi())])),
    }
)
