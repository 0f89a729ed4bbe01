"""A shop's CSV export as products and orders: `shpbndl import`."""
