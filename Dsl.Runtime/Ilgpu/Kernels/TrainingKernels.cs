using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Losses, gradients through softmax, and the updates of optimizers.</summary>
internal static class TrainingKernels
{
    /// <summary>−log softmax(y)[class] of each row, and its gradient times a factor: factor · (softmax(y) − [column is the class]).</summary>
    /// <param name="y">(rows, columns).</param>
    /// <param name="classes">The class of each row, from 0.</param>
    /// <param name="gradY">(rows, columns).</param>
    /// <param name="losses">A loss for each row.</param>
    /// <param name="columns">The classes.</param>
    /// <param name="factor">1 / rows for the gradient of the mean.</param>
    public static void CrossEntropy(ArrayView<float> y, ArrayView<int> classes, ArrayView<float> gradY, ArrayView<float> losses, int columns, float factor)
    {
        var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);
        var row = Grid.IdxX;
        var first = row * columns;
        var largest = float.NegativeInfinity;
        for (var k = Group.IdxX; k < columns; k += Group.DimX)
        {
            largest = DeviceMath.Max(largest, y[first + k]);
        }

        largest = DeviceReduce.Max(shared, largest);
        var total = 0f;
        for (var k = Group.IdxX; k < columns; k += Group.DimX)
        {
            total += DeviceMath.Exp(y[first + k] - largest);
        }

        total = DeviceReduce.Sum(shared, total);
        var wanted = classes[row];
        var scale = factor / total;
        for (var k = Group.IdxX; k < columns; k += Group.DimX)
        {
            var gradient = scale * DeviceMath.Exp(y[first + k] - largest);
            gradY[first + k] = k == wanted ? gradient - factor : gradient;
        }

        if (Group.IdxX == 0)
        {
            losses[row] = DeviceMath.Log(total) + largest - y[first + wanted];
        }
    }

    /// <summary>The sum of all values, by one group, times a factor.</summary>
    public static void SumAll(ArrayView<float> values, ArrayView<float> sum, int count, float factor)
    {
        var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);
        var total = 0f;
        for (var k = Group.IdxX; k < count; k += Group.DimX)
        {
            total += values[k];
        }

        total = DeviceReduce.Sum(shared, total);
        if (Group.IdxX == 0)
        {
            sum[0] = factor * total;
        }
    }

    /// <summary>The gradient through a softmax of rows, y (g − Σ g y), or through its logarithm, g − eʸ Σ g.</summary>
    /// <param name="y">What the softmax made, (rows, columns).</param>
    /// <param name="gradY">Its gradient.</param>
    /// <param name="gradX">The gradient of its input.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="isLogarithm">1 for the logarithm, else 0.</param>
    public static void SoftmaxGradient(ArrayView<float> y, ArrayView<float> gradY, ArrayView<float> gradX, int columns, int isLogarithm)
    {
        var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);
        var first = Grid.IdxX * columns;
        var total = 0f;
        for (var k = Group.IdxX; k < columns; k += Group.DimX)
        {
            total += isLogarithm != 0 ? gradY[first + k] : gradY[first + k] * y[first + k];
        }

        total = DeviceReduce.Sum(shared, total);
        for (var k = Group.IdxX; k < columns; k += Group.DimX)
        {
            var (value, gradient) = (y[first + k], gradY[first + k]);
            gradX[first + k] = isLogarithm != 0 ? gradient - (DeviceMath.Exp(value) * total) : value * (gradient - total);
        }
    }

    /// <summary>sum += term.</summary>
    public static void Add(Index1D place, ArrayView<float> sum, ArrayView<float> term) => sum[place] += term[place];

    /// <summary>Stochastic gradient descent with momentum, as PyTorch has it: Sutskever et al., On the importance of initialization and momentum in deep learning, 2013.</summary>
    /// <param name="place">The value.</param>
    /// <param name="values">The parameter.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="velocity">Its velocity, 0 before the first step.</param>
    /// <param name="step">The settings.</param>
    public static void SgdMomentum(Index1D place, ArrayView<float> values, ArrayView<float> gradient, ArrayView<float> velocity, SgdStep step)
    {
        var value = values[place];
        var along = gradient[place] + (step.WeightDecay * value);
        var moved = (step.Momentum * velocity[place]) + along;
        velocity[place] = moved;
        values[place] = value - (step.LearningRate * (step.IsNesterov != 0 ? along + (step.Momentum * moved) : moved));
    }

    /// <summary>Stochastic gradient descent without momentum.</summary>
    public static void Sgd(Index1D place, ArrayView<float> values, ArrayView<float> gradient, SgdStep step)
    {
        var value = values[place];
        values[place] = value - (step.LearningRate * (gradient[place] + (step.WeightDecay * value)));
    }

    /// <summary>AdamW: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, arXiv 1711.05101, algorithm 2.</summary>
    /// <param name="place">The value.</param>
    /// <param name="values">The parameter.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="first">The running mean of the gradient.</param>
    /// <param name="second">The running mean of its square.</param>
    /// <param name="step">The settings.</param>
    public static void AdamW(Index1D place, ArrayView<float> values, ArrayView<float> gradient, ArrayView<float> first, ArrayView<float> second, AdamWStep step)
    {
        var along = gradient[place];
        var mean = (step.Beta1 * first[place]) + ((1f - step.Beta1) * along);
        var square = (step.Beta2 * second[place]) + ((1f - step.Beta2) * along * along);
        first[place] = mean;
        second[place] = square;
        var deviation = (MathF.Sqrt(square) * step.InverseRootCorrection2) + step.Epsilon;
        values[place] = (values[place] * step.Keep) - (step.Rate * mean / deviation);
    }
}

/// <summary>The settings of a step of stochastic gradient descent.</summary>
/// <param name="LearningRate">The step along the velocity.</param>
/// <param name="Momentum">How much of the velocity stays.</param>
/// <param name="WeightDecay">The part of the parameter that is added to its gradient.</param>
/// <param name="IsNesterov">1 to look ahead along the velocity, else 0.</param>
internal readonly record struct SgdStep(float LearningRate, float Momentum, float WeightDecay, int IsNesterov);

/// <summary>The settings of a step of AdamW, with its corrections.</summary>
/// <param name="Rate">Learning rate / (1 − β₁ᵗ).</param>
/// <param name="Keep">1 − learning rate · weight decay.</param>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="InverseRootCorrection2">1 / √(1 − β₂ᵗ).</param>
/// <param name="Epsilon">ε.</param>
internal readonly record struct AdamWStep(float Rate, float Keep, float Beta1, float Beta2, float InverseRootCorrection2, float Epsilon);
