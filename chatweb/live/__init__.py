"""Open sockets: strings addressed to topics. Knows no table, no template and no web framework."""
