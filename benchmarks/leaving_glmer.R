# Rscript benchmarks/leaving_glmer.R SESSIONS.csv
library(lme4)

sessions <- read.csv(commandArgs(trailingOnly = TRUE)[1])
for (name in grep("^x", names(sessions), value = TRUE)) sessions[[name]] <- factor(sessions[[name]])
form <- has_left ~ x0 + x1 + x2 + x3 + x4 + x5 + (1 | interviewer)
print(system.time(fit <- glmer(form, data = sessions, family = binomial, nAGQ = 0)))
print(VarCorr(fit))
