"""What DNS says → verdicts. `lookup` asks, `verdict` judges, `fixes` writes what is missing; `spf` and `dmarc` read."""
