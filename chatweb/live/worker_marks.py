"""What our worker tells the app about itself. Apart from the worker, which needs gunicorn and gevent."""

PARKS = "chatweb.parks"
"""Set in the WSGI environment by servers where a duplicated descriptor outlives the handler."""
