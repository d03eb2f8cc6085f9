extension PixelBuffer {
    /// The largest part around the picture's centre whose width is to its height as one number to another; all of it
    /// where one of the numbers is not above zero.
    public consuming func cropped(toProportions width: Int, _ height: Int) -> PixelBuffer {
        let part = PixelRectangle(centredIn: self.width, self.height, proportions: width, height)
        if part.width == self.width, part.height == self.height { return self }
        return cropped(to: part)
    }
}

extension PixelRectangle {
    /// The largest part around the centre of a size whose width is to its height as one number to another; all of it
    /// where one of the numbers is not above zero.
    init(centredIn fullWidth: Int, _ fullHeight: Int, proportions width: Int, _ height: Int) {
        self.init(x: 0, y: 0, width: fullWidth, height: fullHeight)
        guard width > 0, height > 0 else { return }
        let (ownHigh, ownLow) = fullWidth.multipliedFullWidth(by: height)
        let (high, low) = fullHeight.multipliedFullWidth(by: width)
        if (ownHigh, ownLow) > (high, low) {
            self.width = min(fullWidth, max(1, proportional(fullHeight, width, height, rounding: height / 2)))
        } else {
            self.height = min(fullHeight, max(1, proportional(fullWidth, height, width, rounding: width / 2)))
        }
        x = (fullWidth - self.width) / 2
        y = (fullHeight - self.height) / 2
    }
}
