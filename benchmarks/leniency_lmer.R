# Rscript benchmarks/leniency_lmer.R JUDGEMENTS.csv EFFECTS.csv, as benchmarks/drawn_judgements.py writes the
# judgements; the last line it prints is the fit's seconds and processor seconds.
suppressPackageStartupMessages(library(lme4))

files <- commandArgs(trailingOnly = TRUE)
judgements <- read.csv(files[1])
types <- grep("^type_", names(judgements), value = TRUE)
levels <- c("(1 | candidate_key)", "(0 + is_mock | interviewer_id)", "(0 + is_real | company_id)")
form <- reformulate(c("is_real", "practice", types, levels), "z")
spent <- system.time(fit <- lmer(form, data = judgements, REML = TRUE))
effects <- ranef(fit, condVar = FALSE)$interviewer_id
kept <- rownames(effects) != "none"
write.csv(
  data.frame(level = rownames(effects)[kept], estimate = effects[kept, 1]), files[2],
  row.names = FALSE, quote = FALSE
)
cat(spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]], "\n")
