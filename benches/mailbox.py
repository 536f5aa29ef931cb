"""Puts a report of each email of a journal into a Maildir: mailbox.py JOURNAL FOLDER."""
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[2])
COPY = "".join(f"A line of text, number {number}, as letters have them.\n" for number in range(60))
for number, line in enumerate(map(json.loads, open(sys.argv[1]))):
    sender, recipient = line["from"], line["to"]
    (folder / f"{1700000000 + number}.M{number}P1.bench").write_text(
        f"From: MAILER-DAEMON@mx.example.net\nTo: {sender}\nSubject: Undelivered Mail Returned to Sender\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\n<{recipient}>: host mx.example.net said: 552 5.2.2 Mailbox full\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.2.2\n"
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\n\n"
        f"--b\nContent-Type: message/rfc822\n\nFrom: week@news.example.org\nSubject: A letter\n\n{COPY}\n--b--\n"
    )
