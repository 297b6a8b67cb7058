namespace TimeSeries.Ui.Findings;

/// <summary>Something that is wrong at the end of the range shown. Immutable.</summary>
/// <param name="Text">What is wrong, as a sentence.</param>
/// <param name="Path">The view where it shows, with the parameters that lead there.</param>
/// <param name="Parameters">The parameters.</param>
/// <param name="Rule">When the sentence appears.</param>
public sealed record Finding(string Text, string Path, (string Name, string Value)[] Parameters, string Rule);
