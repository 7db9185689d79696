"""tmp"""
from tests.flows.test_abuse_matrix import *
def test_list_a_b_c(company):
    """tmp"""
    print(sorted(matrix.untried(company, matrix.attempts(company))))
    print(len(company.shown),len(company.drafts),company.done)
    print(sorted(company.drafts))
    import pickle
