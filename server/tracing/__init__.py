"""Traces: OpenTelemetry at the edge, imported only where it is asked for."""
