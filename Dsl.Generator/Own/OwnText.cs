using System.Globalization;
using System.Text;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Own;

/// <summary>
/// A method as text, which an assembly carries for layers of others: a line for the method, each parameter, body and step, its fields apart by tabs.
/// What is read may come from anywhere: it gives a method or null, never an exception.
/// </summary>
internal static class OwnText
{
    /// <summary>The newest version that is read. It rises with every operator that older generators do not know.</summary>
    public const int Version = 3;

    /// <summary>Operators by the version that they came with; all others are of version 1.</summary>
    private static readonly IReadOnlyDictionary<string, int> Versions = new Dictionary<string, int> { ["Identity"] = 2, ["Inverse"] = 2, ["Kronecker"] = 2, ["Gather"] = 3 };

    /// <summary>The oldest version that has all that a method uses, so that what needs nothing new is read by older generators.</summary>
    public static int VersionOf(OwnMethod method) => Bodies(method).SelectMany(pair => pair.Body.Steps).Select(step => Versions.TryGetValue(step.Operator, out var version) ? version : 1).Prepend(method.Parameters.Any(own => own.Indices.Length > 0) ? 3 : method.HasDivisors ? 2 : 1).Max();

    public static string Write(OwnMethod method)
    {
        var text = new StringBuilder();
        Line(text, "method", method.Name, method.Formula, method.Paper, method.IsSquare ? "1" : "0");
        foreach (var own in method.Parameters)
        {
            Line(text, ["parameter", own.Name, own.Role.ToString(), own.Storage.ToString(), own.Rows, own.Columns, own.Type, Text(own.Start), Text(own.Default), own.HasPositions ? "1" : "0", .. own.Indices.Length > 0 ? [own.Indices] : (string[])[]]);
        }

        foreach (var (name, body) in Bodies(method))
        {
            Line(text, "body", name, string.Join(",", body.Results), string.Join(",", body.Names));
            foreach (var step in body.Steps)
            {
                Line(text, step.Operator, string.Join(",", step.Operands), Text(step.Number), step.Text);
            }
        }

        return text.ToString();
    }

    public static OwnMethod? Read(string text)
    {
        try
        {
            var lines = text.Split(['\n'], StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToArray();
            var parameters = lines.Where(line => line[0] == "parameter").Select(ReadParameter).ToArray();
            var bodies = new Dictionary<string, OwnBody>();
            for (var k = 0; k < lines.Length; k++)
            {
                if (lines[k][0] == "body")
                {
                    var steps = lines.Skip(k + 1).TakeWhile(line => line[0] != "body").Select(line => new OwnStep(line[0], Numbers(line[1]), Number(line[2]) ?? 0, line[3])).ToEquatableArray();
                    bodies.Add(lines[k][1], new OwnBody(steps, Numbers(lines[k][2]), lines[k][3].Split([','], StringSplitOptions.RemoveEmptyEntries).ToEquatableArray()));
                }
            }

            OwnBody? Body(string name) => bodies.TryGetValue(name, out var body) ? body : null;
            var head = lines[0];
            var method = new OwnMethod(head[1], head[2], head[3], head[4] == "1", parameters.ToEquatableArray(), bodies["Map"])
            {
                Fold = Body("Fold"),
                Inverse = Body("Inverse"),
                Initialize = Body("Initialize"),
                Gradient = Body("Gradient"),
                Update = Body("Update"),
            };
            return IsSound(method) ? method : null;
        }
        catch (Exception exception) when (exception is IndexOutOfRangeException or FormatException or ArgumentException or KeyNotFoundException or OverflowException or InvalidOperationException or NullReferenceException or StepException or MatrixException or ShapeException)
        {
            return null; // Damaged; the caller says so at the attribute.
        }
    }

    /// <summary>Everything a reader of source would have seen to: steps in order, known operators, and formulas that fit a weight.</summary>
    private static bool IsSound(OwnMethod method)
    {
        var names = method.Parameters.Select(parameter => parameter.Name).ToArray();
        bool IsSoundBody(OwnBody body, bool isWeight) => body.Steps.Count is > 0 and <= OwnLimits.MostSteps && body.Results.Count > 0 && body.Names.Count == (isWeight ? 0 : body.Results.Count) && body.Names.All(names.Contains) && body.Results.All(result => result >= 0 && result < body.Steps.Count)
            && body.Steps.Select((step, k) => OwnSteps.Arity(step.Operator) == step.Operands.Count && step.Operands.All(operand => operand >= 0 && operand < k)
                && (step.Operator != OwnSteps.Parameter || names.Contains(step.Text))).All(isSound => isSound);
        if (!names.Append(method.Name).All(Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsValidIdentifier) || names.Distinct(StringComparer.OrdinalIgnoreCase).Count() != names.Length
            || method.Parameters.Any(parameter => !Enum.IsDefined(typeof(OwnRole), parameter.Role) || !Enum.IsDefined(typeof(TensorRole), parameter.Storage)) || (method.Formula + method.Paper).Any(char.IsControl)
            || method.Parameters.Any(parameter => parameter.Role == OwnRole.Shaped && new[] { parameter.Rows, parameter.Columns }.Any(size => size.Split('/').Skip(1).Any(rest => rest.TrimStart().StartsWith("0", StringComparison.Ordinal))))
            || method.Parameters.Any(parameter => parameter.Indices.Length > 0 && (parameter.Storage != TensorRole.Buffer || parameter.Indices.Contains('/')))
            || method.Parameters.Count == 0 || !method.Parameters[0].IsStored || !Bodies(method).All(pair => IsSoundBody(pair.Body, pair.Name is "Map" or "Fold")))
        {
            return false;
        }

        var form = OwnForm.OfAnySize(method);
        _ = form.Weight(method.Map);
        _ = method.Fold is null ? null : form.Weight(method.Fold);
        _ = method.Inverse is null ? null : form.ParametersOf(method.Inverse, form.Target);
        _ = method.Initialize is null ? null : form.ParametersOf(method.Initialize, form.Target);
        _ = method.Update is null ? null : form.ParametersOf(method.Update, form.Target);
        _ = form.WeightWithGradient();
        return true;
    }

    private static IEnumerable<(string Name, OwnBody Body)> Bodies(OwnMethod method) => new[]
    {
        ("Map", method.Map), ("Fold", method.Fold), ("Inverse", method.Inverse), ("Initialize", method.Initialize), ("Gradient", method.Gradient), ("Update", method.Update),
    }.Where(pair => pair.Item2 is not null).Select(pair => (pair.Item1, pair.Item2!));

    private static OwnParameter ReadParameter(string[] line) =>
        new(line[1], (OwnRole)Enum.Parse(typeof(OwnRole), line[2]), (TensorRole)Enum.Parse(typeof(TensorRole), line[3]), line[4], line[5], line[6]) { Start = Number(line[7]), Default = Number(line[8]), HasPositions = line[9] == "1", Indices = line.Length > 10 ? line[10] : string.Empty };

    private static EquatableArray<int> Numbers(string text) =>
        text.Split([','], StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture)).ToEquatableArray();

    private static double? Number(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsNaN(number) || double.IsInfinity(number) ? throw new FormatException("Numbers are finite.") : number;
    }

    private static string Text(double? number) => number?.ToString("R", CultureInfo.InvariantCulture) ?? string.Empty;

    private static void Line(StringBuilder text, params string[] fields) =>
        text.Append(string.Join("\t", fields.Select(field => field.Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' ')))).Append('\n');
}
