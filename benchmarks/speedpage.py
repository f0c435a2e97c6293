"""The page on speed, written from the results of :mod:`speed`."""

from __future__ import annotations

from typing import Any

_NAMES = {
    "script": "script: sentence-transformers, full precision, centroid",
    "default": "`default`",
    "fast": "`fast`, one process",
    "fast_all_cores": "`fast`, a process a core",
}


def page(results: dict[str, Any]) -> str:
    """Write the page as Markdown."""
    cold, through, length = results["cold_start"], results["throughput"], results["length"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    lines = [
        "# Speed",
        "",
        "<!-- written by benchmarks/speed.py -->",
        "",
        f"Measured on {results['date']} with {results['machine']}; {versions}; articles of "
        f"{results['data']['name']} ({results['data']['digest'][:12]}). Seconds and rates are this "
        "machine's; the ratios, all of one run, are what to look at. The script is what one would write "
        "without misplaced: `benchmarks/script.py`.",
        "",
        "## From the shell to the verdict",
        "",
        "One article of 25 paragraphs, the process started anew each time, medians.",
        "",
        "| command | seconds | script takes |",
        "| --- | ---: | ---: |",
        *(
            f"| {name} | {cold[key]:.2f} | {cold['script_seconds'] / cold[key]:.1f} x |"
            for name, key in (
                ("script", "script_seconds"),
                ("`detect`", "detect_seconds"),
                ("`detect --model fast`", "detect_fast_seconds"),
                ("`detect --help`", "help_seconds"),
            )
        ),
        "",
        "## Many articles",
        "",
        f"{through['paragraphs']:,} paragraphs of {results['data']['articles']:,} articles.",
        "",
        "| judged by | paragraphs/s | times the script | peak memory, MB |",
        "| --- | ---: | ---: | ---: |",
        *(
            f"| {name} | {through[key]['paragraphs_per_second']:,.0f} | "
            f"{through[key]['paragraphs_per_second'] / through['script']['paragraphs_per_second']:.1f} | "
            f"{through[key]['peak_memory_mb']:,.0f} |"
            for key, name in _NAMES.items()
        ),
        "",
        f"Of the time of `default`, {through['default']['share_outside_networks']:.1%} passes while none of "
        "its networks runs. The second look at doubtful paragraphs takes about a third of it; "
        "`--no-second-look` leaves that out.",
        "",
        "## One long article",
        "",
        "| paragraphs | " + " | ".join(f"{n:,}" for n in map(int, length["default"]["seconds"])) + " |",
        "| --- |" + " ---: |" * len(length["default"]["seconds"]),
        *(
            " | ".join([f"| `{model}`, seconds", *map("{:.2f}".format, length[model]["seconds"].values())])
            + " |"
            for model in ("default", "fast")
        ),
        "",
        "From 100 to 10,000 paragraphs the time grows with the power "
        f"{length['default']['exponent_100_to_10000']:.2f} (`default`) and "
        f"{length['fast']['exponent_100_to_10000']:.2f} (`fast`) of the length.",
        "",
    ]
    return "\n".join(lines)
