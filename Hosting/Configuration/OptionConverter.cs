using System.ComponentModel;
using System.Globalization;

namespace TimeSeries.Hosting.Configuration;

/// <summary>
/// Converts an option from the text that people write, and back. The message of its <see cref="FormatException"/> says what a text should be.
/// </summary>
/// <typeparam name="T">Type of the option.</typeparam>
/// <param name="expected">What a text should be: <c>a duration like 10m</c>.</param>
/// <param name="parse">The value of a text; null when it has none.</param>
/// <param name="format">The text of a value.</param>
public abstract class OptionConverter<T>(string expected, Func<string, T?> parse, Func<T, string> format) : TypeConverter
    where T : struct
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        parse((string)value) ?? throw new FormatException(expected);

    public override object ConvertTo(ITypeDescriptorContext? context, CultureInfo? culture, object? value, Type destinationType) =>
        value is null ? "" : format((T)value);
}

/// <summary>Converts <c>true</c> and <c>false</c>, also written <c>1</c> and <c>0</c>.</summary>
public sealed class FlagConverter() : OptionConverter<bool>("true or false", Find, flag => flag ? "true" : "false")
{
    /// <summary>The flag that a text is; null when it is none.</summary>
    public static bool? Find(string text) => bool.TryParse(text, out bool flag) ? flag : text is "1" or "0" ? text is "1" : null;
}

/// <summary>Converts names of an enum, in any case; of flags several, separated by commas.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class NameConverter<T>() : OptionConverter<T>(
    "one of " + string.Join(", ", Enum.GetNames<T>().Where(name => name != "None")).ToLowerInvariant(), Parse, Format)
    where T : struct, Enum
{
    // Numbers are refused: the order of the members is not a promise.
    private static T? Parse(string text) => !text.Any(char.IsAsciiDigit) && Enum.TryParse(text, ignoreCase: true, out T value) ? value : null;

    private static string Format(T value) => value.ToString().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);
}
