// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Small types that have everything types of the API have.
#pragma once

#include <esxvi/reflect/object.hpp>
#include <esxvi/types/core.hpp>

namespace sample {

using namespace esxvi;

enum class Color { red, green, blue };
BOOST_DESCRIBE_ENUM(Color, red, green, blue)

struct Point {
  std::int32_t x{};
  std::int32_t y{};
  std::optional<std::string> label{};
  Extra extra{};
};
BOOST_DESCRIBE_STRUCT(Point, (), (x, y, label))

struct Shape {
  std::string name{};
  Enum<Color> color{};
  Extra extra{};
};
BOOST_DESCRIBE_STRUCT(Shape, (), (name, color))
struct Circle : Shape {
  Point center{};
  double radius{};
};
BOOST_DESCRIBE_STRUCT(Circle, (Shape), (center, radius))
struct Polygon : Shape {
  std::vector<Point> corner{};
};
BOOST_DESCRIBE_STRUCT(Polygon, (Shape), (corner))

struct Drawing {
  std::string template_{};
  std::optional<bool> visible{};
  std::vector<std::int32_t> number{};
  Poly<Shape> frame{};
  std::vector<Poly<Shape>> shape{};
  std::optional<Point> origin{};
  std::vector<Drawing> layer{};
  Ref<Shape> owner{};
  std::optional<Ref<Shape>> editor{};
  Any setting{};
  std::vector<Enum<Color>> palette{};
  std::optional<DateTime> changed{};
  std::optional<Binary> preview{};
  Extra extra{};
};
BOOST_DESCRIBE_STRUCT(Drawing, (),
                      (template_, visible, number, frame, shape, origin, layer, owner, editor,
                       setting, palette, changed, preview))

/// Every built-in type.
struct Scalars {
  std::optional<bool> boolean{};
  std::optional<std::int8_t> byte{};
  std::optional<std::int16_t> short_{};
  std::optional<std::int32_t> int_{};
  std::optional<std::int64_t> long_{};
  std::optional<float> float_{};
  std::optional<double> double_{};
  std::optional<std::string> string{};
  std::optional<DateTime> dateTime{};
  std::optional<Binary> binary{};
  std::optional<Enum<Color>> color{};
  std::optional<Ref<Shape>> ref{};
  Extra extra{};
};
BOOST_DESCRIBE_STRUCT(Scalars, (),
                      (boolean, byte, short_, int_, long_, float_, double_, string, dateTime,
                       binary, color, ref))

}  // namespace sample
