using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Inputs;

/// <summary>Inputs whose neighbours in a row do not lie side by side: every value is found by itself.</summary>
internal interface ISingleInputs : IInputs
{
    /// <summary>One value of a row, 0 from the end on.</summary>
    /// <param name="place">The row.</param>
    /// <param name="column">The column.</param>
    /// <param name="end">The end of the columns.</param>
    float At(RowPlace place, int column, int end);
}

/// <summary>Octets of single values.</summary>
internal static class SingleInputs
{
    /// <summary>Eight neighbouring values of a row.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="place">The row.</param>
    /// <param name="column">The first column.</param>
    /// <param name="end">The end of the columns.</param>
    public static Octet Load<TInputs>(TInputs inputs, RowPlace place, int column, int end)
        where TInputs : struct, ISingleInputs => new(
        new Float4(inputs.At(place, column, end), inputs.At(place, column + 1, end), inputs.At(place, column + 2, end), inputs.At(place, column + 3, end)),
        new Float4(inputs.At(place, column + 4, end), inputs.At(place, column + 5, end), inputs.At(place, column + 6, end), inputs.At(place, column + 7, end)));
}
