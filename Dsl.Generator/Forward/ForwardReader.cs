using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LayerDsl.Generator.Forward;

/// <summary>Reads the body of a model's <c>forward</c>: statements here, expressions in <see cref="ExpressionReader"/>.</summary>
internal sealed class ForwardReader
{
    private readonly ForwardDraft draft = new();
    private readonly ExpressionReader expressions;
    private readonly CancellationToken cancellation;
    private Operand? returned;

    private ForwardReader(IMethodSymbol forward, IReadOnlyDictionary<string, LayerShape> layers, CancellationToken cancellation)
    {
        expressions = new ExpressionReader(draft, forward, layers);
        this.cancellation = cancellation;
    }

    /// <summary>Reads one method. Warnings may come with the program; without a program there is at least one diagnostic.</summary>
    /// <param name="forward">The method, of one parameter.</param>
    /// <param name="body">Its body as the compiler understands it: a block.</param>
    /// <param name="layers">The declared layers by the name of their property.</param>
    /// <param name="sample">The declared shape of one sample; empty where the body tells it.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static Result<ForwardProgram> Read(
        IMethodSymbol forward, IOperation body, IReadOnlyDictionary<string, LayerShape> layers, EquatableArray<int> sample, CancellationToken cancellation)
    {
        var reader = new ForwardReader(forward, layers, cancellation);
        reader.Read(body);
        return reader.Finish(forward, layers, sample);
    }

    private Result<ForwardProgram> Finish(IMethodSymbol forward, IReadOnlyDictionary<string, LayerShape> layers, EquatableArray<int> sample)
    {
        var place = LocationInfo.From(forward.Locations.FirstOrDefault());
        if (draft.Diagnostics.Count > 0 || returned is not Operand.Tensor result)
        {
            return new Result<ForwardProgram>(null, draft.Diagnostics.ToEquatableArray());
        }

        var inferred = ShapeInference.Infer(draft.Steps, result.Value, layers, sample, forward.Parameters[0].Name, place);
        return inferred.Value is null ? inferred : inferred with { Diagnostics = UnusedLayers(inferred.Value, layers.Values, place) };
    }

    private static EquatableArray<DiagnosticInfo> UnusedLayers(ForwardProgram program, IEnumerable<LayerShape> layers, LocationInfo? place)
    {
        var used = new HashSet<string>(program.Steps.OfType<ForwardStep.Layer>().Select(step => step.Name));
        return layers.Where(layer => !used.Contains(layer.Name))
            .OrderBy(layer => layer.Name, StringComparer.Ordinal)
            .Select(layer => DiagnosticInfo.Create(ForwardDiagnostics.UnusedLayer, place, layer.Name))
            .ToEquatableArray();
    }

    private void ReadStatements(IEnumerable<IOperation> statements)
    {
        foreach (var statement in statements)
        {
            // What stands after a return is never run.
            if (returned is null)
            {
                cancellation.ThrowIfCancellationRequested();
                Read(statement);
            }
        }
    }

    private void Read(IOperation statement)
    {
        switch (statement)
        {
            case IBlockOperation block:
                ReadStatements(block.Operations);
                break;
            case IReturnOperation { ReturnedValue: { } value }:
                returned = Return(value);
                break;
            case IExpressionStatementOperation { Operation: var expression }:
                _ = expressions.Read(expression);
                break;
            case IVariableDeclarationGroupOperation group:
                Declare(group);
                break;
            case IUsingDeclarationOperation { DeclarationGroup: var group }:
                Declare(group);
                break;
            case IUsingOperation { Resources: IVariableDeclarationGroupOperation group, Body: var body }:
                Declare(group);
                Read(body);
                break;
            case IUsingOperation { Resources: var resource, Body: var body }:
                _ = expressions.Read(resource);
                Read(body);
                break;
            case IEmptyOperation:
                break;
            default:
                returned = draft.Unsupported(statement.Syntax, "a folded model runs the same straight line of operations on every sample");
                break;
        }
    }

    private void Declare(IVariableDeclarationGroupOperation group)
    {
        foreach (var declarator in group.Declarations.SelectMany(declaration => declaration.Declarators))
        {
            if (declarator.Symbol.IsRef)
            {
                _ = expressions.Assign(declarator.Symbol, new Operand.Refused());
                _ = draft.Unsupported(declarator.Syntax, "a ref local is another name for a variable, and is not followed");
            }
            else if (declarator.GetVariableInitializer() is { } initializer)
            {
                _ = expressions.Assign(declarator.Symbol, expressions.Read(initializer.Value));
            }
        }
    }

    private Operand Return(IOperation value)
    {
        var result = expressions.Read(value);
        return result is Operand.Tensor or Operand.Refused ? result : draft.Unsupported(value.Syntax, "forward must return a tensor computed from its input");
    }
}
