FLASK_APP=chatweb.app:create_app
