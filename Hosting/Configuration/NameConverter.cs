namespace TimeSeries.Hosting.Configuration;

/// <summary>Converts names of an enum, in any case; of flags several, separated by commas.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class NameConverter<T>() : OptionConverter<T>("one of " + string.Join(", ", Enum.GetNames<T>().Where(name => name != "None")).ToLowerInvariant(), Parse, Format)
    where T : struct, Enum
{
    // Numbers are refused: the order of the members is not a promise.
    private static T? Parse(string text) => !text.Any(char.IsAsciiDigit) && Enum.TryParse(text, ignoreCase: true, out T value) ? value : null;

    private static string Format(T value) => value.ToString().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);
}
