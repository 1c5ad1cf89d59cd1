# Rscript tests/golden/experience_effects.R COUNTS.csv tests/golden/experience_effects.csv
library(lme4)

files <- commandArgs(trailingOnly = TRUE)
counts <- read.csv(files[1])
theta <- sqrt(counts$tau2[1])
columns <- grep("^x[0-9]+$", names(counts), value = TRUE)
form <- reformulate(c(columns, "(1 | interviewer_id)"), "cbind(n_left, n_sessions - n_left)")

# The default tolerance of the inner iterations (1e-7) leaves the fourth digit open.
control <- glmerControl(tolPwrss = 1e-13)
parts <- glFormula(form, data = counts, family = binomial, control = control)
deviance_at <- do.call(mkGlmerDevfun, c(parts, list(nAGQ = 0, control = control)))
# At our variance, not at lme4's own estimate: one evaluation solves for all the rest.
at_ours <- deviance_at(theta)
optimum <- list(par = theta, fval = at_ours, conv = 0)
fit <- mkMerMod(environment(deviance_at), optimum, parts$reTrms, fr = parts$fr)
effects <- ranef(fit, condVar = TRUE)$interviewer_id
effects_se <- sqrt(attr(effects, "postVar")[1, 1, ])

golden <- rbind(
  data.frame(term = "tau2", level = "", value = theta^2, value_se = NA),
  data.frame(term = "n_sessions", level = "", value = sum(counts$n_sessions), value_se = NA),
  data.frame(term = "coefficient", level = seq_along(fixef(fit)) - 1, value = fixef(fit), value_se = NA),
  data.frame(term = "interviewer", level = rownames(effects), value = effects[, 1], value_se = effects_se)
)
golden$value <- signif(golden$value, 9)
golden$value_se <- signif(golden$value_se, 6)
write.csv(golden, files[2], row.names = FALSE, quote = FALSE, na = "")
