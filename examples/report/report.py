#!/usr/bin/env python3
"""Prints a Markdown report of past opportunities, from their CSV: by route, and how long they lasted."""

import argparse
import csv
import os
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict

BUCKETS_S = [0.1, 0.3, 1, 3, 10, 60, float("inf")]
BAR = 40
MOST_ROUTES = 20


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", help='a CSV as GET /v1/opportunities exports it; "-" for standard input')
    parser.add_argument("--url", default=os.environ.get("CROSSBOOK_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--hours", type=float, default=24, help="how far back the service is asked (24)")
    return parser.parse_args()


def lines(given: argparse.Namespace):
    if given.file == "-":
        return sys.stdin
    if given.file is not None:
        return open(given.file, encoding="utf-8", newline="")
    to_ms = int(time.time() * 1000)
    from_ms = int(to_ms - given.hours * 3_600_000)
    request = urllib.request.Request(f"{given.url}/v1/opportunities?from={from_ms}&to={to_ms}")
    request.add_header("Accept", "text/csv")
    token = os.environ.get("CROSSBOOK_TOKEN")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        raise SystemExit(f"the service answers {error.code}: {error.read().decode()}")
    except urllib.error.URLError as error:
        raise SystemExit(f"nothing answers at {given.url}; is the service running? ({error.reason})")
    return (line.decode("utf-8") for line in answer)


def report(rows: list) -> None:
    print(f"# {len(rows)} opportunities\n")
    if not rows:
        print("None in this time. `GET /v1/refusals` tells what was turned away, and why.")
        return
    routes = defaultdict(list)
    for row in rows:
        routes[(row["symbol"], row["buyExchange"], row["sellExchange"], row["currency"])].append(row)
    profit = {route: sum(float(row["netProfit"]) for row in of_route) for route, of_route in routes.items()}
    print("| route | opened | best net bps | profit at opening |")
    print("| --- | --- | --- | --- |")
    best_first = sorted(routes, key=profit.get, reverse=True)
    for route in best_first[:MOST_ROUTES]:
        symbol, buy, sell, currency = route
        best = max(float(row["peakNetBps"]) for row in routes[route])
        print(f"| {symbol}: {buy} → {sell} | {len(routes[route])} | {best:.2f} | {profit[route]:.2f} {currency} |")
    others = best_first[MOST_ROUTES:]
    if others:
        print(f"| {len(others)} more | {sum(len(routes[route]) for route in others)} | | |")
    lasted = [(float(row["closedAtMs"]) - float(row["openedAtMs"])) / 1000 for row in rows if row["closedAtMs"]]
    print(f"\n## How long {len(lasted)} lasted\n\n```")
    start = 0.0
    for end in BUCKETS_S:
        count = sum(start <= seconds < end for seconds in lasted)
        name = f"over {start:g} s" if end == float("inf") else f"{start:g}–{end:g} s"
        print(f'{name:<10} {"█" * round(BAR * count / max(1, len(lasted)))} {count}')
        start = end
    print("```")


if __name__ == "__main__":
    report(list(csv.DictReader(lines(options()))))
