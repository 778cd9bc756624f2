namespace LayerDsl.Tests.Onnx;

/// <summary>An attribute of an ONNX node: a whole number or a list of them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">Its numbers.</param>
/// <param name="IsList">Whether it is a list.</param>
internal sealed record OnnxAttribute(string Name, int[] Values, bool IsList)
{
    public static OnnxAttribute Number(string name, int value) => new(name, [value], IsList: false);

    public static OnnxAttribute List(string name, params int[] values) => new(name, values, IsList: true);
}
