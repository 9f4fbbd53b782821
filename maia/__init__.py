"""Online booking for independent health practitioners."""

__version__ = "0.2.0"
