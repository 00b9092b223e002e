"""Use cases: what people and shops do here. Knows neither sockets nor HTTP."""
