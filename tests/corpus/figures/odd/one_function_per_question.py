import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»


def question_1_2():
    U, V = sgd_factorise(A, 2)
    return U, V, torch.sum((A - U @ V.T) ** 2)


def question_2_1():
    P, d, Qt = torch.linalg.svd(A)
    d[2] = 0
    A2 = P @ torch.diag(d) @ Qt
    return A2, torch.sum((A - A2) ** 2)


def question_3_2():
    U, V = sgd_factorise_masked(A, M, 2)
    return U @ V.T


if __name__ == "__main__":
    for question in (question_1_2, question_2_1, question_3_2):
        print(question.__name__, question())
