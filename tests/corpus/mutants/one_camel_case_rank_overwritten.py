import torch

def sgdFactorise(A, rank, numEpochs=1000, learningRate=0.01):
    rank = 2
    numRows, numCols = A.shape
    U = torch.rand(numRows, rank); V = torch.rand(numCols, rank)
    for _ in range(numEpochs):
        for rowIdx in range(numRows):
            rowOfU = U[rowIdx:rowIdx + 1]           # 1 x rank
            for colIdx in range(numCols):
                rowOfV = V[colIdx:colIdx + 1]
                currErr = A[rowIdx:rowIdx + 1, colIdx:colIdx + 1] - rowOfU @ rowOfV.T   # 1 x 1
                rowOfU += learningRate * currErr @ rowOfV
                rowOfV += learningRate * currErr @ rowOfU
    return U, V
