#!/usr/bin/python3
"""The vendor's sample backup of 2018: its xprv does not belong to its own words, and hwbak says so.

Usage: vendor_sample.py PROGRAM SAMPLE
"""
import json
import subprocess
import sys

PASSWORD = "spice until comfort zoo divide album erode yard inmate change quantum skate"


def main():
    program, sample = sys.argv[1:]
    result = subprocess.run([program, "verify", "--json", "--password-from", "stdin", sample], input=PASSWORD + "\n",
                            capture_output=True, text=True, check=False)
    report = json.loads(result.stdout)
    assert result.returncode == report["exit"] == 7 and report["outcome"] == "inconsistent", result.stdout
    assert report["levels"]["content"] == "pass" and report["levels"]["meaning"] == "fail", result.stdout
    assert report["facts"]["consistent"] == {"xprv": False, "mnemonic": True}, result.stdout
    print(report["message"])


main()
