#!/usr/bin/env python3
"""Prints opportunities as they open and close; comes back after a cut with what it missed.

Needs the package websockets (Debian: python3-websockets).
"""

import argparse
import asyncio
import json
import os
import signal
import sys

import websockets


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default=os.environ.get("CROSSBOOK_STREAM", "ws://127.0.0.1:8080/v1/stream"))
    parser.add_argument("--min-bps", type=float, help="only from this net spread on")
    parser.add_argument("--duration", type=float, metavar="SECONDS", help="end by itself; without it Ctrl-C does")
    return parser.parse_args()


def show(event: str, opportunity: dict) -> None:
    buy, sell = opportunity["legs"]
    route = f'{buy["exchange"]} {buy["symbol"]} → {sell["exchange"]} {sell["symbol"]}'
    if event == "opened":
        print(f'opened {route}  {opportunity["netBps"]:.2f} bps  {opportunity["netProfit"]:.2f} {opportunity["currency"]}')
    elif event == "closed":
        print(f'closed {route}  {opportunity["closeReason"]}')


async def session(url: str, min_bps: "float | None", position: dict) -> float:
    """Follows one connection to its end; gives the seconds after which to come back."""
    wait = 1.0
    async with websockets.connect(url, max_size=2**24) as socket:
        hello = json.loads(await socket.recv())
        token = os.environ.get("CROSSBOOK_TOKEN")
        if token:
            await socket.send(json.dumps({"op": "auth", "token": token}))
        asked = {"op": "subscribe", "id": "o", "channel": "opportunities"}
        if min_bps is not None:
            asked["filter"] = {"minNetBps": min_bps}
        if position.get("epoch") == hello["epoch"]:
            asked["since"] = position
        await socket.send(json.dumps(asked))
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "error":
                raise SystemExit(f'the service refuses: {message["code"]}: {message["message"]}')
            if message["type"] == "closing":
                wait = message.get("reconnectAfterMs", 1000) / 1000
            if message["type"] == "snapshot":
                print(f'{len(message["data"])} open now')
            if message["type"] == "update":
                for step in message["data"]:
                    show(step["event"], step["opportunity"])
            if "seq" in message:
                position.update(epoch=hello["epoch"], seq=message["seq"])
    return wait


async def follow(url: str, min_bps: "float | None") -> None:
    position: dict = {}
    is_first = True
    while True:
        try:
            wait = await session(url, min_bps, position)
        except websockets.ConnectionClosed:
            wait = 1.0
        except OSError as error:
            if is_first:
                raise SystemExit(f"nothing answers at {url}; is the service running? ({error})")
            wait = 2.0
        is_first = False
        print(f"connecting again in {wait:.1f} s", file=sys.stderr)
        await asyncio.sleep(wait)


async def main() -> None:
    given = options()
    work = asyncio.ensure_future(follow(given.url, given.min_bps))
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, work.cancel)
    try:
        await asyncio.wait_for(work, given.duration)
    except (asyncio.TimeoutError, asyncio.CancelledError):
        if work.cancelled():
            print("ended")


if __name__ == "__main__":
    asyncio.run(main())
