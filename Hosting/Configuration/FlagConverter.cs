namespace TimeSeries.Hosting.Configuration;

/// <summary>Converts <c>true</c> and <c>false</c>, also written <c>1</c> and <c>0</c>.</summary>
public sealed class FlagConverter() : OptionConverter<bool>(
    "true or false", text => bool.TryParse(text, out bool flag) ? flag : text is "1" or "0" ? text is "1" : null, flag => flag ? "true" : "false");
