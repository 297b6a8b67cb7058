using System.ComponentModel;
using System.Globalization;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Converts an option from the text that people write, and back. The message of its <see cref="FormatException"/> says what a text should be.</summary>
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
