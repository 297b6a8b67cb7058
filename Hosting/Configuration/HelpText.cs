using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace TimeSeries.Hosting.Configuration;

/// <summary>The text of <c>--help</c>: every option with its default and one line.</summary>
internal static class HelpText
{
    private const int KeyColumns = 44;

    public static string Of(string host, IEnumerable<OptionsSection> sections)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{host}")
            .AppendLine()
            .AppendLine("Options stand on the command line (--Storage:Directory=/data), in the environment (Storage__Directory) or in appsettings.json.")
            .AppendLine();
        AddLine(text, "--help, -h", "this text");
        AddLine(text, "--version", "the version");
        AddLine(text, "--urls=http://127.0.0.1:5080", "addresses to listen on");
        AddLine(text, "--influx-env=<file>", "settings of InfluxDB; without it influx.env in the working directory, then upwards");
        foreach (OptionsSection section in sections)
        {
            text.AppendLine();
            bool isList = section.Type.GetProperty(section.Name) is not null;
            Type type = isList ? OptionsShape.ElementOf(section.Type.GetProperty(section.Name)!.PropertyType) : section.Type;
            AddOptions(text, type, isList ? section.Name + ":0" : section.Name);
        }

        return text.ToString();
    }

    private static void AddOptions(StringBuilder text, Type type, string path)
    {
        object defaults = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in OptionsShape.PropertiesOf(type))
        {
            string key = $"{path}:{property.Name}";
            if (OptionsShape.IsList(property.PropertyType) && !OptionsShape.IsScalar(OptionsShape.ElementOf(property.PropertyType)))
            {
                AddOptions(text, OptionsShape.ElementOf(property.PropertyType), key + ":0");
                continue;
            }

            string value = OptionsShape.IsScalar(property.PropertyType) ? OptionsShape.Write(property.GetValue(defaults), property) : "";
            string meaning = property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";
            AddLine(text, OptionsShape.IsMap(property.PropertyType) ? $"--{key}:<kind>=" : $"--{key}={value}", meaning);
        }
    }

    private static void AddLine(StringBuilder text, string option, string meaning) =>
        text.Append("  ").Append(option.PadRight(KeyColumns)).Append(' ').AppendLine(meaning);
}
