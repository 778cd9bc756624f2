using System.Globalization;
using System.Text;

namespace LayerDsl.Tests.Emit;

/// <summary>Writes model classes with random straight-line bodies of forward.</summary>
internal sealed class RandomModels
{
    private static readonly int[] Widths = [2, 3, 4, 6, 12];

    private readonly Random random;
    private readonly List<(string Name, int[] Shape)> values = [];
    private readonly SortedSet<(int Inputs, int Outputs)> layers = [];
    private readonly StringBuilder body = new();

    private RandomModels(int seed) => random = new Random(seed);

    /// <summary>A model whose input has 12 values per sample.</summary>
    public static string Write(string name, int seed)
    {
        var model = new RandomModels(seed);
        model.Body(steps: model.random.Next(2, 14));
        return model.Class(name);
    }

    private string Class(string name)
    {
        var properties = layers.Select(layer => $"[Linear({layer.Inputs}, {layer.Outputs}, Bias = {((layer.Inputs + layer.Outputs) % 3 == 0 ? "false" : "true")})] public partial Layer L{layer.Inputs}_{layer.Outputs} {{ get; }}");
        return $"[LayerModel] public sealed partial class {name} : nn.Module<Tensor, Tensor>\n{{\n{string.Join("\n", properties)}\npublic override Tensor forward(Tensor x)\n{{\n{body}}}\n}}\n";
    }

    private void Body(int steps)
    {
        Add("x.view(-1, 12)", [12]);
        for (var step = 0; step < steps; step++)
        {
            Step(values[Math.Max(0, values.Count - 1 - random.Next(3))]);
        }

        // A layer and everything that has no other reader go into the result.
        var (last, shape) = values[^1];
        Layer(last, shape);
        body.Append(CultureInfo.InvariantCulture, $"return {values[^1].Name};\n");
    }

    private void Step((string Name, int[] Shape) value)
    {
        var (x, shape) = value;
        var partner = values.Where(other => other.Shape.SequenceEqual(shape)).Select(other => other.Name).OrderBy(_ => random.Next()).First();
        switch (random.Next(13))
        {
            case 0: case 1: case 2: Layer(x, shape); break;
            case 3: Add($"nn.functional.relu({x})", shape); break;
            case 4: Add($"{x}.gelu()", shape); break;
            case 5: Add($"nn.functional.gelu({x}, TorchSharp.Modules.GELU.Approximate.tanh)", shape); break;
            case 6: Add($"{x}.sigmoid()", shape); break;
            case 7: Add($"torch.tanh({x})", shape); break;
            case 8: Add(random.Next(2) == 0 ? $"{x}.softmax(-1)" : $"{x}.log_softmax({shape.Length})", shape); break;
            case 9: Add($"{x} {"+-*"[random.Next(3)]} {partner}", shape); break;
            case 10: Add($"torch.sub(right: {x}, left: {partner})", shape); break;
            case 11: Add(random.Next(2) == 0 ? $"0.75 - {x}" : $"-{x} * 1.25f + 2 - 0.1", shape); break;
            default: Reshape(x, shape); break;
        }
    }

    private void Layer(string x, int[] shape)
    {
        var outputs = Widths[random.Next(Widths.Length)];
        layers.Add((shape[^1], outputs));
        Add($"L{shape[^1]}_{outputs}.forward({x})", [.. shape[..^1], outputs]);
    }

    private void Reshape(string x, int[] shape)
    {
        var size = shape.Aggregate(1, (product, part) => product * part);
        var rows = Enumerable.Range(1, size).Where(part => size % part == 0 && size / part is > 1 and <= 12).OrderBy(_ => random.Next()).FirstOrDefault();
        switch (rows == 0 ? 0 : random.Next(4))
        {
            case 0: Add($"{x}.flatten(1)", [size]); break;
            case 1: Add($"{x}.view(-1, {rows}, {size / rows})", [rows, size / rows]); break;
            case 2: Add($"{x}.reshape(x.shape[0], {rows}, -1)", [rows, size / rows]); break;
            default: Add($"{x}.reshape([x.size(0), -1, {size / rows}])", [rows, size / rows]); break;
        }
    }

    private void Add(string expression, int[] shape)
    {
        body.Append(CultureInfo.InvariantCulture, $"var v{values.Count} = {expression};\n");
        values.Add(($"v{values.Count}", shape));
    }
}
