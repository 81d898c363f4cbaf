using ScottPlot;
using ScottPlot.Plottables;

namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>A chart for each workload: a bar for each proxy, its median, with the smallest and the largest value.</summary>
internal static class Plots
{
    private const int Width = 900;
    private const int HeightOfBar = 44;
    private const int HeightOfRest = 110;
    private const double RoomForNumbers = 1.15;

    private static readonly Color First = new(0x1b, 0x6e, 0xc2);
    private static readonly Color Other = new(0x8a, 0x93, 0x9c);

    /// <summary>Draws it as SVG.</summary>
    internal static string Draw(Result result)
    {
        using var plot = new Plot();
        string[] peers = [.. result.Peers.Reverse()]; // from the bottom
        BarPlot bars = plot.Add.Bars(peers.Select((peer, i) => Draw(result, peer, i)).ToArray());
        bars.Horizontal = true;
        for (int i = 0; i < peers.Length; i++)
        {
            double[] values = result.Values(peers[i], result.MainFigure);
            double median = Result.Median(values);
            plot.Add.Plottable(new ErrorBar([median], [i], [median - values.Min()], [values.Max() - median], null, null)
            {
                Color = Colors.Black,
            });
        }

        plot.Axes.Left.SetTicks([.. peers.Select((_, i) => (double)i)], peers);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.SetLimitsX(0, peers.Max(peer => result.Values(peer, result.MainFigure).Max()) * RoomForNumbers);
        plot.HideGrid();
        plot.Title(result.Workload);
        plot.XLabel($"{result.Figures[result.MainFigure].Name}; less is better");
        return plot.GetSvgXml(Width, HeightOfRest + (HeightOfBar * peers.Length));
    }

    private static Bar Draw(Result result, string peer, int position)
    {
        double median = Result.Median(result.Values(peer, result.MainFigure));
        return new Bar
        {
            Position = position,
            Value = median,
            ValueLabel = median.ToString(result.Figures[result.MainFigure].Format, System.Globalization.CultureInfo.InvariantCulture),
            FillColor = peer == result.Peers[0] ? First : Other,
            LineWidth = 0,
        };
    }
}
