"""Nodemailer, the mailer of most Node applications, against `local serve`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import trustme

from tests.conftest import Run
from tests.local.conftest import Serve

SCRIPT = r"""
const nodemailer = require(process.env.NODEMAILER + "/node_modules/nodemailer");
const message = (more) => ({ from: '"Acme, Inc." <shop@acme.example>', to: "ada@example.com", subject: "Héllo ✓",
  text: "Hi\n.dot\n", ...more });
const people = (from, to) => Array.from({ length: to - from }, (_, i) => `user${from + i}@example.com`);
const connect = (more) => nodemailer.createTransport({ host: "127.0.0.1", port: Number(process.argv[2]),
  ignoreTLS: true, ...more });
(async () => {
  const found = {};
  const send = async (name, options, more) => {
    try {
      const sent = await connect(options).sendMail(message({ subject: name, ...more }));
      found[name] = [sent.response.slice(0, 3), sent.accepted.length, sent.rejected.length];
    } catch (error) { found[name] = [error.responseCode, 0, 0]; }
  };
  await send("plain", {});
  for (const authMethod of ["PLAIN", "LOGIN"]) await send(authMethod, { auth: { user: "api", pass: "x" }, authMethod });
  const ca = require("fs").readFileSync(process.argv[3]);
  await send("starttls", { ignoreTLS: false, requireTLS: true, tls: { ca }, auth: { user: "bulk", pass: "x" } });
  const files = [{ filename: "größe.pdf", content: Buffer.alloc(100000, 1) },
    { filename: "logo.png", content: Buffer.from("iVBO", "base64"), cid: "logo" }];
  await send("attachments", {}, { attachments: files, html: '<img src="cid:logo">' });
  await send("many", {}, { to: people(0, 10), cc: people(10, 20), bcc: people(20, 30) });
  await send("refused", {}, { to: ["ada@example.com", "bounce+550+no+such+user@example.com"] });
  await send("large", {}, { text: "x".repeat(300000) });
  await send("international", {}, { to: "jürgen@müller.example" });
  const pool = connect({ pool: true, maxConnections: 8, maxMessages: 50 });
  const sent = await Promise.all(Array.from({ length: 200 }, () => pool.sendMail(message({ subject: "pooled" }))));
  pool.close();
  found.pooled = ["250", sent.filter((one) => one.response.startsWith("250 ")).length, 0];
  console.log(JSON.stringify(found));
})();
"""


def test_it_sends_in_every_way_it_has(serve: Serve, mailtrap: Run, tmp_path: Path) -> None:
    folder = os.environ.get("NODEMAILER", "")
    if not shutil.which("node") or not Path(folder, "node_modules", "nodemailer").is_dir():
        pytest.skip("needs node, and NODEMAILER to name a folder where `npm install nodemailer` was run")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "cert.pem")
    cert = str(tmp_path / "cert.pem")
    server = serve("--tls-cert", cert, "--tls-key", cert, "--max-size", "200kB")
    words = ["node", "-e", SCRIPT, "mailer", str(server.smtp_port), str(tmp_path / "ca.pem")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        **{name: ["250", 1, 0] for name in ("plain", "PLAIN", "LOGIN", "starttls", "attachments", "international")},
        "many": ["250", 30, 0],
        "refused": ["250", 1, 1],
        "large": [552, 0, 0],
        "pooled": ["250", 200, 0],
    }
    assert (
        mailtrap("local", "stats", "-o", "json").json()["messages"] == 208
    )  # one per transaction, however many recipients it has
