"""The built-in demo model: a server inside the process, reached over the same client as any other."""

from llm.demo.transport import DEMO_BASE, DEMO_MODEL, DemoTransport, demo_mounts

__all__ = ["DEMO_BASE", "DEMO_MODEL", "DemoTransport", "demo_mounts"]
