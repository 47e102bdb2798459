"""How many variants a second an import brings in: python -m bench.imports [products] [variants of each]

Runs on the server that DATABASE_URL names (else on SQLite), in a database of its own that is dropped afterwards.
The file has stock, SKUs, prices, tags and a picture's address for each product; it is imported twice, so that the
second time, which changes nothing, is measured too.
"""

import csv
import io
import os
import sys
import time
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.project.settings_test")

import django

django.setup()

from django.db import connection  # noqa: E402

from shop.exchange import importing, shopify  # noqa: E402

PRODUCTS, VARIANTS = 1000, 5
HEADING = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,"
    "Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position"
)


def file_of(products: int, variants: int) -> str:
    """A file of so many products with so many variants each."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(HEADING.split(","))
    for product in range(products):
        handle = f"product-{product}"
        for at in range(variants):
            own = [f"Product {product}", "<p>What it is.</p>", f"Vendor {product % 20}", f"Type {product % 10}"]
            own += ["new, red, wool", "true", "Size"] if at == 0 else []
            stock = [f"SKU-{product}-{at}", 250, "shopify", 10 + at, "deny"]
            price = [f"{10 + product % 90}.99", f"{20 + product % 90}.99", "true", "true", ""]
            picture = [f"https://pictures.example/{handle}.jpg", 1] if at == 0 else ["", ""]
            rows.writerow([handle, *(own if at == 0 else [""] * 7), f"Size {at}", *stock, *price, *picture])
    return written.getvalue()


def measure(title: str, text: str, variants: int) -> None:
    """Prints one line."""
    start, worked = time.perf_counter(), time.process_time()
    counted = importing.count(importing.run(shopify.read(text, currency="EUR"), currency="EUR"))
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    outcome = ", ".join(f"{number} {word}" for word, number in sorted(counted.items()))
    sys.stdout.write(
        f"{title:<8} {variants / seconds:7.0f} variants/s   {seconds:5.1f} s, {worked:.1f} s of work   ({outcome})\n"
    )


def main(products: int = PRODUCTS, variants: int = VARIANTS) -> None:
    """Measures a first and a second import."""
    original = connection.settings_dict["NAME"]
    with TemporaryDirectory() as folder:
        own = f"{folder}/bench.sqlite3" if connection.vendor == "sqlite" else "bench_imports"
        connection.settings_dict["TEST"]["NAME"] = own  # tests may be running in theirs
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            text = file_of(products, variants)
            measure("first", text, products * variants)
            measure("again", text, products * variants)
        finally:
            connection.creation.destroy_test_db(str(original), verbosity=0)


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
