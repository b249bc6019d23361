"""The scripts that train each learned model of the package."""
