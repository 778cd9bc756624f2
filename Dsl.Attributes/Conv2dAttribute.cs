namespace LayerDsl;

/// <summary>
/// A two-dimensional convolution with zero padding and square kernels,
/// <c>y[b,o,p,q] = Σ_c,u,v x[b,c,s·p+d·u−pad,s·q+d·v−pad] · W[o,c,u,v] + bias[o]</c>, with W of shape
/// (outChannels, inChannels / Groups, kernelSize, kernelSize) and x of shape (batch, inChannels, height, width). Methods that
/// stand after it reparameterize W, from left to right.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class Conv2dAttribute : Attribute
{
    /// <summary>Declares a convolution.</summary>
    /// <param name="inChannels">The channels of the input; at least 1.</param>
    /// <param name="outChannels">The channels of the output; at least 1.</param>
    /// <param name="kernelSize">Height and width of the kernel; at least 1.</param>
    public Conv2dAttribute(int inChannels, int outChannels, int kernelSize)
    {
        InChannels = inChannels;
        OutChannels = outChannels;
        KernelSize = kernelSize;
    }

    /// <summary>Declares a convolution whose channels are named: <c>[Conv2d(nameof(channels), nameof(width), 3)]</c>.</summary>
    /// <param name="inChannels">A number, or the name of an integer constant of the class or of a parameter of its partial constructor.</param>
    /// <param name="outChannels">A number, or the name of an integer constant of the class or of a parameter of its partial constructor.</param>
    /// <param name="kernelSize">Height and width of the kernel; at least 1.</param>
    public Conv2dAttribute(string inChannels, string outChannels, int kernelSize)
    {
        InChannelsName = inChannels;
        OutChannelsName = outChannels;
        KernelSize = kernelSize;
    }

    /// <inheritdoc cref="Conv2dAttribute(string, string, int)"/>
    public Conv2dAttribute(int inChannels, string outChannels, int kernelSize)
    {
        InChannels = inChannels;
        OutChannelsName = outChannels;
        KernelSize = kernelSize;
    }

    /// <inheritdoc cref="Conv2dAttribute(string, string, int)"/>
    public Conv2dAttribute(string inChannels, int outChannels, int kernelSize)
    {
        InChannelsName = inChannels;
        OutChannels = outChannels;
        KernelSize = kernelSize;
    }

    /// <summary>The channels of the input.</summary>
    public int InChannels { get; }

    /// <summary>The channels of the output.</summary>
    public int OutChannels { get; }

    /// <summary>The constant or parameter that gives the channels of the input, or null.</summary>
    public string? InChannelsName { get; }

    /// <summary>The constant or parameter that gives the channels of the output, or null.</summary>
    public string? OutChannelsName { get; }

    /// <summary>Height and width of the kernel.</summary>
    public int KernelSize { get; }

    /// <summary>How far the kernel moves from one output to the next, in both directions; at least 1. Default 1.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>How many rows and columns of zeros are added on each side; at least 0. Default 0.</summary>
    public int Padding { get; set; }

    /// <summary>The distance between the inputs that neighbouring kernel elements meet; at least 1. Default 1.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>
    /// Into how many groups the channels are split, each with kernels of its own; divides both channel counts. Default 1.
    /// </summary>
    public int Groups { get; set; } = 1;

    /// <summary>Whether a learnable bias of shape (outChannels) is added. Default true.</summary>
    public bool Bias { get; set; } = true;
}
