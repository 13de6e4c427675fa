"""DNS answers and verdicts: `lookup` queries, `verdict` judges, `fixes` writes records; `spf` and `dmarc` parse."""
