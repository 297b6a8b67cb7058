namespace TimeSeries.Alerting.Rules;

/// <summary>A rule, silence or receiver that breaks a rule of its format.</summary>
/// <param name="message">A sentence for whoever wrote it, that names the field and what is allowed.</param>
public sealed class DefinitionException(string message) : Exception(message);
