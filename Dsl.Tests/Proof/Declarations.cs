using System.Globalization;
using LayerDsl.Generator;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Tests.Proof;

/// <summary>Declarations as the generator reads them, written short: <c>Linear(inFeatures = 8, outFeatures = 4), LowRank(rank = 2)</c>.</summary>
internal static class Declarations
{
    /// <summary>The task of a layer declared so: the kind first, then the methods.</summary>
    public static LayerTask Task(string declaration)
    {
        var attributes = Split(declaration).Select(Read).ToArray();
        var spec = new LayerSpec("Layer", attributes[0], attributes.Skip(1).ToEquatableArray());
        return new LayerTask(new TypeSpec(string.Empty, "Layer", "partial", []), new LayerClassNames("Layer", "class Layer", "A layer."), false, "Layer", spec);
    }

    /// <summary>Both forms of a layer declared so.</summary>
    public static LayerForms Forms(string declaration)
    {
        var task = Task(declaration);
        return LayerKinds.Find(task.Layer.Kind.Name).Build(task.Layer);
    }

    private static IEnumerable<string> Split(string declaration)
    {
        var depth = 0;
        var start = 0;
        for (var k = 0; k < declaration.Length; k++)
        {
            depth += declaration[k] switch { '(' => 1, ')' => -1, _ => 0 };
            if (declaration[k] == ',' && depth == 0)
            {
                yield return declaration[start..k].Trim();
                start = k + 1;
            }
        }

        yield return declaration[start..].Trim();
    }

    private static AttributeSpec Read(string attribute)
    {
        var parts = attribute.TrimEnd(')').Split('(');
        return new AttributeSpec(parts[0], (parts.Length > 1 ? parts[1].Split(", ").Select(Argument) : []).ToEquatableArray(), "here");
    }

    private static AttributeArgument Argument(string argument)
    {
        var (name, value) = (argument.Split(" = ")[0], argument.Split(" = ")[1]);
        return new AttributeArgument(name, value, value == "true" ? 1 : double.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number : 0);
    }
}
