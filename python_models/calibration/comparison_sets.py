"""Who can be compared with whom: the connected sets of judges and candidates."""

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from python_models.frames import IntArray

TextArray = np.ndarray[Any, np.dtype[np.object_]]


def comparison_sets(
    candidate: IntArray, interviewer: IntArray, company: IntArray
) -> tuple[TextArray, TextArray]:
    """Return the connected set of each interviewer and company, the largest being '1'.

    Across sets nobody judged the same candidate, directly or through others: leniency is then
    comparable only as far as the candidates of both are alike.

    Parameters
    ----------
    candidate, interviewer, company
        Codes of each judgement; −1 where there is no such judge.

    Returns
    -------
    tuple of arrays
        Names of the sets, by the interviewers' and by the companies' codes.
    """
    n_candidates = int(candidate.max()) + 1
    n_interviewers = int(interviewer.max(initial=-1)) + 1
    n_companies = int(company.max(initial=-1)) + 1
    judge = np.where(interviewer >= 0, interviewer, n_interviewers + company)
    is_linked = (interviewer >= 0) | (company >= 0)
    edges = (candidate[is_linked], n_candidates + judge[is_linked])
    size = n_candidates + n_interviewers + n_companies
    graph = sparse.coo_array((np.ones(len(edges[0])), edges), shape=(size, size))
    _, label = csgraph.connected_components(graph, directed=False)
    n_judgements = np.bincount(label[edges[0]], minlength=int(label.max()) + 1)
    rank = np.empty(len(n_judgements), dtype=np.int64)
    rank[np.argsort(-n_judgements, kind="stable")] = np.arange(1, len(n_judgements) + 1)
    ids = rank[label[n_candidates:]].astype(str).astype(object)
    return ids[:n_interviewers], ids[n_interviewers:]
