namespace TimeSeries.Hosting.Configuration;

/// <summary>The option's value must never be shown: not in an error, not in a log.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
