using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace TimeSeries.Hosting.Configuration;

/// <summary>
/// How properties of options types are written as text. A <see cref="long"/> whose name ends in "Bytes" is a byte size; a <see cref="TimeSpan"/> is a duration.
/// </summary>
internal static class OptionsShape
{
    public static PropertyInfo[] PropertiesOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)];

    public static bool IsMap(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>);

    public static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);

    public static Type ElementOf(Type type) => type.GetGenericArguments()[0];

    public static bool IsScalar(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) || plain == typeof(TimeSpan) || plain.IsPrimitive || plain.IsEnum;
    }

    /// <summary>The value that the text means, or null.</summary>
    public static object? Parse(string text, PropertyInfo property, Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(string))
        {
            return text;
        }

        if (plain == typeof(TimeSpan))
        {
            return DurationText.Parse(text);
        }

        if (plain == typeof(bool))
        {
            return bool.TryParse(text, out bool flag) ? flag : text is "1" or "0" ? text is "1" : null;
        }

        if (plain.IsEnum)
        {
            // Numbers would name members by their place, which is no promise of ours.
            return !text.Any(char.IsAsciiDigit) && Enum.TryParse(plain, text, ignoreCase: true, out object? member) ? member : null;
        }

        if (IsByteSize(property))
        {
            return ByteSize.Parse(text);
        }

        return ParseNumber(text, plain);
    }

    /// <summary>What a text should have been.</summary>
    public static string Expected(PropertyInfo property, Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(TimeSpan) ? "a duration like 10m, 1h, 30d or 00:10:00"
            : plain == typeof(bool) ? "true or false"
            : plain.IsEnum ? "one of " + string.Join(", ", NamesOf(plain))
            : IsByteSize(property) ? "a size in bytes like 1048576, 64MiB or 16MB"
            : "a number";
    }

    /// <summary>What a broken rule asks for.</summary>
    public static string Complaint(ValidationAttribute attribute, PropertyInfo property)
    {
        if (attribute is not RangeAttribute range)
        {
            return attribute.FormatErrorMessage("it");
        }

        string least = Write(range.Minimum, property);
        return IsLast(range.Maximum) ? $"must be at least {least}" : $"must be from {least} to {Write(range.Maximum, property)}";
    }

    /// <summary>The value found, for an error; never a secret.</summary>
    public static string Show(object? value, PropertyInfo property) =>
        ShowText(Write(value, property), property);

    /// <summary>The text found, for an error; never a secret.</summary>
    public static string ShowText(string text, PropertyInfo property) =>
        property.IsDefined(typeof(SecretAttribute)) ? "the value (not shown)" : $"'{text}'";

    /// <summary>A value as it would be written in the configuration.</summary>
    public static string Write(object? value, PropertyInfo property) => value switch
    {
        null => "",
        string text when property.PropertyType != typeof(string) && DurationOf(property) => DurationText.Format(TimeSpan.Parse(text, CultureInfo.InvariantCulture)),
        TimeSpan span => DurationText.Format(span),
        Enum member => member.ToString().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal),
        bool flag => flag ? "true" : "false",
        double or long or int when IsByteSize(property) => ByteSize.Format(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    public static IEnumerable<string> NamesOf(Type type) =>
        Enum.GetNames(type).Where(name => name != "None").Select(name => name.ToLowerInvariant());

    private static bool DurationOf(PropertyInfo property) =>
        (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(TimeSpan);

    private static bool IsByteSize(PropertyInfo property) => property.Name.EndsWith("Bytes", StringComparison.Ordinal);

    // RangeAttribute keeps whole numbers beyond 32 bits as doubles; both say "no upper bound".
    private static bool IsLast(object maximum) => maximum is long.MaxValue or int.MaxValue or >= 9.2e18;

    private static object? ParseNumber(string text, Type type)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        return type == typeof(int) ? int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out int small) ? small : null
            : type == typeof(long) ? long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out long large) ? large : null
            : type == typeof(double) ? double.TryParse(text, NumberStyles.Float, culture, out double number) ? number : null
            : throw new NotSupportedException($"No option may be of type {type.Name}.");
    }
}
