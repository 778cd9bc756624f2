namespace LayerDsl.Ilgpu;

/// <summary>How a trainer changes parameters by their gradients: <see cref="DeviceSgd"/> or <see cref="DeviceAdamW"/>, with the defaults of PyTorch.</summary>
public abstract record DeviceOptimizer
{
    private protected DeviceOptimizer(double learningRate)
    {
        Check(learningRate, nameof(learningRate));
        LearningRate = learningRate;
    }

    /// <summary>The step size at the start; <see cref="DeviceTrainer.LearningRate"/> is what counts later.</summary>
    public double LearningRate { get; }

    /// <summary>Values that are kept for each value of a parameter from one step to the next.</summary>
    internal abstract int States { get; }

    /// <summary>A setting is a number from 0 on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    internal static void Check(double setting, string name)
    {
        if (!(setting >= 0) || double.IsInfinity(setting))
        {
            throw new ArgumentOutOfRangeException(name, setting, "must be a number from 0 on");
        }
    }
}

/// <summary>Stochastic gradient descent: Sutskever et al., On the importance of initialization and momentum in deep learning, 2013.</summary>
public sealed record DeviceSgd : DeviceOptimizer
{
    /// <summary>Chooses the settings.</summary>
    /// <param name="learningRate">The step size.</param>
    /// <param name="momentum">How much of the velocity stays; 0 for none.</param>
    /// <param name="weightDecay">The part of a parameter that is added to its gradient.</param>
    /// <param name="nesterov">Whether the gradient is looked at ahead along the velocity.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is negative or not finite.</exception>
    /// <exception cref="ArgumentException"><paramref name="nesterov"/> without a momentum.</exception>
    public DeviceSgd(double learningRate = 1e-3, double momentum = 0, double weightDecay = 0, bool nesterov = false)
        : base(learningRate)
    {
        Check(momentum, nameof(momentum));
        Check(weightDecay, nameof(weightDecay));
        if (nesterov && momentum == 0)
        {
            throw new ArgumentException("looks ahead along a velocity, for which a momentum is needed", nameof(nesterov));
        }

        (Momentum, WeightDecay, Nesterov) = (momentum, weightDecay, nesterov);
    }

    /// <summary>How much of the velocity stays.</summary>
    public double Momentum { get; }

    /// <summary>The part of a parameter that is added to its gradient.</summary>
    public double WeightDecay { get; }

    /// <summary>Whether the gradient is looked at ahead along the velocity.</summary>
    public bool Nesterov { get; }

    /// <inheritdoc/>
    internal override int States => Momentum > 0 ? 1 : 0;
}

/// <summary>Adam with decoupled weight decay: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, arXiv 1711.05101.</summary>
public sealed record DeviceAdamW : DeviceOptimizer
{
    /// <summary>Chooses the settings.</summary>
    /// <param name="learningRate">The step size.</param>
    /// <param name="beta1">How much of the gradient's running mean stays.</param>
    /// <param name="beta2">How much of the running mean of its square stays.</param>
    /// <param name="epsilon">Added to the deviation.</param>
    /// <param name="weightDecay">The part of a parameter that is taken off at each step, times the step size.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is negative or not finite, or a mean keeps everything.</exception>
    public DeviceAdamW(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 1e-2)
        : base(learningRate)
    {
        Check(beta1, nameof(beta1));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta1, 1);
        Check(beta2, nameof(beta2));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta2, 1);
        Check(epsilon, nameof(epsilon));
        Check(weightDecay, nameof(weightDecay));
        (Beta1, Beta2, Epsilon, WeightDecay) = (beta1, beta2, epsilon, weightDecay);
    }

    /// <summary>How much of the gradient's running mean stays.</summary>
    public double Beta1 { get; }

    /// <summary>How much of the running mean of its square stays.</summary>
    public double Beta2 { get; }

    /// <summary>Added to the deviation.</summary>
    public double Epsilon { get; }

    /// <summary>The part of a parameter that is taken off at each step, times the step size.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc/>
    internal override int States => 2;
}
