using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes how a layer folds, and the certificate that says why it may.</summary>
internal sealed class FoldWriter(CodeWriter writer, LayerForms forms, LayerPrograms programs, LayerFacts facts, LoopWriter loops)
{
    private readonly KindText kind = KindText.Of(forms, programs.Branch);
    private readonly BlockText blocks = new(forms);
    private readonly string activation = forms.Activation is null ? string.Empty : ", FoldActivation()";

    /// <summary>The certificate, the folds and the merged weight.</summary>
    public void Write()
    {
        var bias = forms.Bias is null ? "null" : "bias";
        writer.Line("/// <inheritdoc/>").Line("public override LayerCertificate GetCertificate() => new(").Indented(() => writer.Lines(CertificateArguments())).Line();
        if (forms.Norm is not null)
        {
            NormWriter.Folds(writer, forms, programs.Fold);
            return;
        }

        if (forms.Table is not null)
        {
            TableWriter.Folds(writer, forms);
            return;
        }

        writer.Line("/// <inheritdoc/>");
        writer.Block($"public override {forms.Shape.FoldedType} Fold()", () => Fold(bias)).Line();
        writer.Line("/// <inheritdoc/>");
        writer.Block("public override nn.Module<Tensor, Tensor> FoldTorch()", () => writer.Line("using var weight = MergedWeight();").Line($"return Make{forms.Shape.Kind}(weight, {bias}{kind.Geometry}{activation});")).Line();
        writer.Line("/// <inheritdoc/>");
        writer.Block("public override Layer FoldLayer()", () => writer.Line("using var weight = MergedWeight();").Line($"return MakePlain{forms.Shape.Kind}(weight, {bias}{kind.Geometry}{activation});")).Line();

        FitWriter.Method(writer, forms, programs, blocks);
        writer.Line("/// <summary>" + LayerText.Xml(LayerFacts.WeightForm(forms)) + "</summary>");
        writer.Block("private Tensor MergedWeight()", () =>
        {
            if (forms.Rounded is not null)
            {
                RequireFinite();
            }

            if (forms.FoldedWeight.Value is Access stored)
            {
                writer.Line($"using var detached = {LayerText.Field(stored.Tensor)}.detach();").Line("return detached.clone();");
                return;
            }

            writer.Line("using var noGradient = no_grad();").Line("using var scope = NewDisposeScope();").Lines(FitWriter.Prelude(forms)).Lines(blocks.Locals(programs.Fold));
            Ways(programs.Fold, programs.Loops?.Fold, program => [$"return {program.Results[0].Name}{blocks.Close}.MoveToOuterDisposeScope();"]);
        }).Line();
    }

    private void Fold(string bias)
    {
        if (programs.Codes is not { } codes || forms.Packed is not { } packed)
        {
            var sparse = forms.NonZeros is null ? string.Empty : "Sparse";
            writer.Line("using var weight = MergedWeight();").Line($"return Fold{sparse}{forms.Shape.Kind}(weight, {bias}{kind.Geometry}{activation});");
            return;
        }

        var branch = packed.Branch is { } term ? $", down: this.{LayerText.Field(term.Down)}, up: this.{LayerText.Field(term.Up)}" : string.Empty;
        var zeros = codes.Results.Count > 2 ? ", " + codes.Results[2].Name : string.Empty;
        RequireFinite();
        writer.Line("using var noGradient = no_grad();")
            .Line("using var scope = NewDisposeScope();")
            .Lines(FitWriter.Prelude(forms))
            .Lines(blocks.Locals(codes));
        Ways(codes, programs.Loops?.Codes, program =>
        [
            forms.Fit is null
                ? $"var packed = FoldCodes(Format, {program.Results[0].Name}, lowest: {packed.Weight.Coded.Lowest}, {program.Results[1].Name}{zeros}{branch});"
                : $"var packed = FoldPlanes(Format, {program.Results[0].Name}, {program.Results[1].Name}{branch});",
            $"return Fold{forms.Shape.Kind}(packed, {bias}{kind.Geometry}{activation});",
        ]);
    }

    /// <summary>What passes compute in loops is folded by the same loops: a last place more or less could be another code.</summary>
    private void Ways(Program composed, Program? inLoops, Func<Program, IReadOnlyList<string>> end)
    {
        if (inLoops is null)
        {
            writer.Lines(TorchProgramWriter.Write(composed, forms.SizeText)).Lines(end(composed));
            return;
        }

        writer.Block($"if (TensorLoop.Fits({string.Join(", ", composed.Inputs.Select(input => input.Name))}))", () => writer.Lines(loops.Lines(inLoops.Statements, inLoops, forms.SizeText)).Lines(end(inLoops)));
        writer.Block("else", () => writer.Lines(TorchProgramWriter.Write(composed, forms.SizeText)).Lines(end(composed)));
    }

    /// <summary>Rounding could hide them: NaN is no larger than any threshold.</summary>
    private void RequireFinite() => writer.Lines(forms.Stored.Where(stored => stored.Tensor.Name != "bias")
        .Select(stored => $"CheckFinite(this.{LayerText.Field(stored.Tensor)}, {LayerText.Quote(stored.Tensor.Name)});"));

    private IEnumerable<string> CertificateArguments()
    {
        yield return $"{LayerText.Quote(forms.Name)},";
        yield return $"{LayerText.Quote(string.Join("; ", forms.Notes.Select(note => note.Formula)))},";
        yield return $"{LayerText.Quote(string.Join("; ", forms.Notes.Select(note => note.Paper)))},";
        yield return $"{LayerText.Quote(string.Join(", ", facts.TrainingForm))},";
        yield return $"{LayerText.Quote(string.Join(", ", facts.InferenceForm))},";
        yield return $"{LayerText.Quote(facts.Verdict)},";
        yield return $"[{string.Join(", ", facts.Laws.Select(LayerText.Quote))}],";
        yield return $"[{string.Join(", ", facts.Conditions.Select(LayerText.Quote))}],";
        yield return $"Parameters: {CertificateText.Code(forms, facts.Parameters, "the number of parameters")}, FoldedParameters: {CertificateText.Code(forms, facts.FoldedParameters, "the number of folded parameters")},";
        yield return $"TrainingFlops: {CertificateText.Code(forms, facts.TrainingFlops, "the number of FLOPs in training")}, InferenceFlops: {CertificateText.Code(forms, facts.InferenceFlops, "the number of FLOPs")},";
        yield return $"StoredBytes: {CertificateText.Code(forms, facts.StoredBytes, "the number of bytes in training")}, FoldedBytes: {CertificateText.Code(forms, facts.FoldedBytes, "the number of folded bytes")}, RoundingFactor: {CertificateText.Code(forms, facts.RoundingFactor, "the number of roundings")});";
    }
}
